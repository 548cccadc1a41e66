package dev.albert4j.cli;

import dev.albert4j.data.DataFormatException;
import dev.albert4j.io.ModelFormatException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program {@code albert}: its verbs, and what it says when one fails. */
@Command(
        name = "albert",
        description = "ALBERT for the JVM: tokenize, fine-tune, evaluate, predict.",
        mixinStandardHelpOptions = true,
        version = "albert4j 0.1.0",
        usageHelpAutoWidth = true,
        footer = {"", "Start with: albert quickstart", "Help on a verb: albert VERB --help"},
        subcommands = {
            QuickstartCommand.class,
            PredictCommand.class,
            EvaluateCommand.class,
            FinetuneCommand.class,
            TokenizeCommand.class,
            EncodeCommand.class,
            TrainTokenizerCommand.class,
            ConvertCommand.class,
            InspectCommand.class,
        })
public final class Albert implements Runnable {
    /** Something failed that the user did not do wrong. */
    static final int FAILURE = 1;

    /** A user's mistake. */
    static final int MISTAKE = 2;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Runs the command line; exits 0 on success, 2 on a user's mistake, 1 on a failure. */
    public static void main(String[] args) {
        System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
        int status = commandLine().execute(args);
        System.out.flush();
        System.exit(status);
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Albert());
        commandLine.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        commandLine.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setParameterExceptionHandler(Albert::onMistake);
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> onFailure(failure, command));
        return commandLine;
    }

    /** Without a verb: the help. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a verb is missing; see albert --help");
    }

    private static int onMistake(ParameterException mistake, String[] args) {
        CommandLine command = mistake.getCommandLine();
        String verb = command.getCommandSpec().qualifiedName();
        command.getErr()
                .println(verb + ": " + oneLine(String.valueOf(mistake.getMessage())) + " (see " + verb + " --help)");
        return MISTAKE;
    }

    private static int onFailure(Exception failure, CommandLine command) {
        String verb = command.getCommandSpec().qualifiedName();
        if (System.getenv("ALBERT_DEBUG") != null) {
            failure.printStackTrace(command.getErr());
        }
        command.getErr().println(verb + ": " + describe(failure));
        return isMistake(failure) ? MISTAKE : FAILURE;
    }

    private static boolean isMistake(Exception failure) {
        return failure instanceof IllegalArgumentException
                || failure instanceof ModelFormatException
                || failure instanceof DataFormatException
                || failure instanceof NoSuchFileException
                || failure instanceof AccessDeniedException
                || failure instanceof NotDirectoryException
                || failure instanceof FileAlreadyExistsException;
    }

    private static String describe(Exception failure) {
        String message = failure.getMessage() == null ? "" : oneLine(failure.getMessage());
        if (failure instanceof NoSuchFileException) {
            return "no such file: " + message;
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied: " + message;
        }
        if (failure instanceof NotDirectoryException) {
            return "not a directory: " + message;
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "is in the way: " + message;
        }
        boolean known =
                isMistake(failure) || failure instanceof IOException && !(failure instanceof FileSystemException);
        return known && !message.isEmpty() ? message : failure.getClass().getSimpleName() + ": " + message;
    }

    private static String oneLine(String message) {
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
